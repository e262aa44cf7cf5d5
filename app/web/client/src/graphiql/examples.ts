// README's examples, grouped into tabs.
import all from "virtual:examples";

const TABS: Record<string, { names: string[]; variables: string[] }> = {
  "A first conversation": {
    names: ["CreateSpace", "StartSpace", "OpenMicrophone", "Audio", "React", "EndSpace"],
    variables: ["spaceId"],
  },
  "Live roster": { names: ["SpaceEvents"], variables: ["spaceId"] },
  Clip: { names: ["CreateClip", "PublishClip", "Transcript", "Recording"], variables: ["spaceId", "clipId"] },
  "Tell and find": { names: ["ShareSpace", "Timeline", "LiveSpaces"], variables: ["spaceId"] },
};
const HOW = "# The button with the triangle asks which one to run. Empty ids are filled in from the answers before.\n";

// What README has besides comes into the last tab.
const placed = Object.values(TABS).flatMap(({ names }) => names);
Object.values(TABS).at(-1)!.names.push(...Object.keys(all).filter((name) => !placed.includes(name)));

export function exampleTabs(headers: string) {
  return Object.entries(TABS).map(([title, { names, variables }]) => ({
    title,
    headers,
    query: `# ${title}\n${names.length > 1 ? HOW : ""}\n${names.map(example).join("\n")}`,
    variables: JSON.stringify(Object.fromEntries(variables.map((name) => [name, ""])), null, 2),
  }));
}

function example(name: string): string {
  const document = all[name];
  if (!document) throw new Error(`README has no example ${name}`);
  return document;
}
