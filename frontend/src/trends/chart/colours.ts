/** The theme's colours for canvases, which cannot take var(). Read again when the scheme changes. */
export interface Colours {
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  panel: string;
  history: string;
  accent: string;
  series: string[];
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--pt-${name}`).trim();
  return {
    ink: of("ink"),
    ink2: of("ink2"),
    ink3: of("ink3"),
    line: of("line"),
    panel: of("panel"),
    history: of("history"),
    accent: of("accent"),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => of(`series-${number}`)),
  };
}

/** The colour with an opacity, for bands and state blocks. */
export function fade(colour: string, share: number): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  if (!hex) return colour;
  return `#${hex}${Math.round(share * 255)
    .toString(16)
    .padStart(2, "0")}`;
}
