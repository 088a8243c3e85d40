export { ReportSheet } from "./ReportSheet";
