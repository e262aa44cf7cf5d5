declare module "virtual:examples" {
  const examples: Record<string, string>;
  export default examples;
}

declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
