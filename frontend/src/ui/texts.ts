/** Every text of this folder, by the file that shows it. */
export const texts = {
  // states.tsx
  loading: "Loading…",
  notFound: "Not found",
  dataUnavailable: "Data not available",
  tryAgain: "Try again",
  // ErrorBoundary.tsx
  updated: "Plantrace was updated",
  pageFailed: "This page failed",
  reload: "Reload",
  reloadToContinue: "Reload the page to continue.",
  failureDetail: (message: string) => `${message}. Your saved changes are not affected.`,
  // NotFound.tsx
  pageNotFound: "Page not found",
  startPage: "Go to the start page",
  pageNotFoundDetail: "The link may be incomplete, or its target was removed.",
  // Time.tsx
  now: "now",
  inFuture: (age: string) => `in ${age}`,
  ago: (age: string) => `${age} ago`,
  // Earlier.tsx
  showEarlier: "Show earlier",
  // Actions.tsx
  cancel: "Cancel",
  // CopyField.tsx
  copied: "Copied",
  copy: "Copy",
};
