export { ViewsMenu } from "./ViewsMenu";
export { useSavedViews } from "./data";
