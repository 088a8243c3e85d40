export { BrowserPush } from "./BrowserPush";
