import type { ReactNode } from "react";
import { Link } from "wouter";
import { View } from "../frame";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import ui from "../ui/ui.module.css";
import { texts } from "./texts";

/** The parts of this page by their place in its address. */
export const PARTS = {
  totals: texts.totals,
  calculated: texts.calculated,
  runs: texts.runs,
};

export type Part = keyof typeof PARTS;

/** One part, below the tabs of all. */
export function AnalysisPage({ part, children }: { part: Part; children: ReactNode }) {
  const tenant = useTenant();
  const base = `/t/${tenant?.slug}/trends`;
  return (
    <View title={texts.pageOf(PARTS[part])}>
      <div className={ui.page} style={{ minHeight: "100%" }}>
        <nav className={ui.tabs} aria-label={texts.analysis}>
          <Link href={hrefWith(base)}>{texts.trends}</Link>
          {(Object.entries(PARTS) as [Part, string][]).map(([path, name]) => (
            <Link key={path} href={hrefWith(`${base}/${path}`)} aria-current={path === part ? "page" : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        {children}
      </div>
    </View>
  );
}
