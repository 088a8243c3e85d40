/** The host of a link, as far as it has one that can be read; else the link as it is. */
export function hostOf(link: string): string {
  return URL.canParse(link) ? new URL(link).host || link : link;
}
