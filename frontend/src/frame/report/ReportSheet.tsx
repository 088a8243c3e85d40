import { Button, useComputedColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect, useLayoutEffect } from "react";
import { useLocation } from "wouter";
import { formatMoment, zoneOffset } from "../../format";
import { useZone } from "../../moment";
import { useMe, useSite, useTenant } from "../../tenant";
import styles from "./report.module.css";
import { texts } from "./texts";

interface Props {
  title: string;
  /** Without one it is about a moment, which is then its end. */
  span: { start: number | null; end: number };
  /** When it was made; it does not follow the clock. */
  made: number;
  /** The page of the tenant that it was opened from. */
  back: string;
  children: ReactNode;
}

/** Pages for the printer, or a PDF: what, of which plant, over which range in which time zone, by whom and when. */
export function ReportSheet({ title, span, made, back, children }: Props) {
  const tenant = useTenant();
  const site = useSite();
  const me = useMe().data;
  const zone = useZone();
  const [, navigate] = useLocation();
  useWhite();
  useEffect(() => {
    document.title = title;
  }, [title]);
  const moment = (t: number) => formatMoment(t, zone.name);
  const range = span.start === null ? moment(span.end) : `${moment(span.start)} – ${moment(span.end)}`;
  const close = () => navigate(`/t/${tenant?.slug}/${back}${location.search}`);
  return (
    <main className={styles.desk} id="main">
      <div className={styles.tools} role="toolbar" aria-label={texts.report}>
        <Button onClick={() => print()}>{texts.save}</Button>
        <Button variant="default" onClick={close}>
          {texts.back}
        </Button>
        <span>{texts.hint}</span>
      </div>
      <article className={styles.sheet} data-testid="report">
        <header className={styles.head}>
          <h1>{title}</h1>
          <p>
            {[tenant?.name, site?.name].filter((each, index, all) => each && all.indexOf(each) === index).join(" › ")}
          </p>
          <p>
            <b>{range}</b> {texts.zone(zone.name, zoneOffset(span.end, zone.name))}
          </p>
        </header>
        {children}
        <footer className={styles.foot}>
          {texts.made(me?.user.name || me?.user.username || "", `${moment(made)} (${zone.name})`)}
        </footer>
      </article>
    </main>
  );
}

/** Paper is white, whatever the screen's theme. */
function useWhite() {
  const scheme = useComputedColorScheme();
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.setAttribute("data-mantine-color-scheme", "light");
    return () => root.setAttribute("data-mantine-color-scheme", scheme);
  }, [scheme]);
}
