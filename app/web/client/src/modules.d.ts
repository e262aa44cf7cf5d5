declare module "virtual:examples" {
  const examples: { name: string; said: string; document: string }[];
  export default examples;
}

declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
