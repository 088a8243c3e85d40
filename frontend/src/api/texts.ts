/** Every text of this folder, by the file that shows it. */
export const texts = {
  // problem.ts
  unreachable: "Server not reachable",
  unreachableDetail: "The server cannot be reached. Retrying automatically.",
  serverError: "The server could not process the request. Nothing was changed.",
  status: (status: number) => `Status ${status}`,
  // imports.ts
  andMore: (first: string, more: number) => `${first} and ${more} more`,
};
