export { BrowserPush } from "./BrowserPush";
export { useBrowsers } from "./useBrowsers";
