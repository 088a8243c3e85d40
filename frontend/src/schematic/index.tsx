export { default } from "./Page";
export { SchematicThumb } from "./Thumb";
