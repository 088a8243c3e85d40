export { CasesOf } from "./LazyCasesOf";
export { CaseForm, Assigned, FailureFields, PriorityField } from "./CaseForm";
export { MomentField } from "./MomentField";
export { NewCase, OpenCaseButton, useMayWork } from "./OpenCase";
export { addFile, addNote, fileAddress, MAX_FILE_BYTES, readCsv, removeFile } from "./api";
export type { CaseQuery } from "./api";
export { useCase, useCaseList, useCases, useChangeCase, usePeople, useRefreshCases } from "./data";
export { changesOf, contentOf, currentOf } from "./draft";
export { fitPhoto, pictureType } from "./photos";
export { caseName, dueWords, isOpen, isOverdue, subjectOf } from "./words";
export { KINDS, STATES } from "./types";
export type {
  Case,
  CaseCounts,
  CaseFile,
  CaseKind,
  CaseNote,
  CaseState,
  CaseWithNotes,
  Draft,
  Person,
  Priority,
} from "./types";
export { texts as caseTexts } from "./texts";
