/** Every text of this folder, by the file that shows it. */
export const texts = {
  // states.tsx
  loading: "Loading…",
  notFound: "Not found",
  dataNotAvailable: "Data not available",
  tryAgain: "Try again",
  // Caught.tsx
  plantraceWasUpdated: "Plantrace was updated",
  pageFailed: "This page has failed",
  reload: "Reload",
  reloadPageContinue: "Reload the page to continue.",
  yourSavedChangesNot: (message: string) => `${message}. Your saved changes are not affected.`,
  // NotFound.tsx
  pageNotFound: "Page not found",
  goStartPage: "Go to the start page",
  linkMayIncompleteTarget: "The link may be incomplete, or its target was removed.",
  // Time.tsx
  inOf: (age: string) => `in ${age}`,
  ago: (age: string) => `${age} ago`,
  // Earlier.tsx
  showEarlier: "Show earlier",
  // Actions.tsx
  cancel: "Cancel",
  // CopyField.tsx
  copied: "Copied",
  copy: "Copy",
};
