import { Link, useLocation } from "wouter";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import ui from "../ui/ui.module.css";
import { texts } from "./texts";

export function PeopleTabs() {
  const [path] = useLocation();
  const base = `/t/${useTenant()?.slug}`;
  const tabs = [
    [`${base}/members`, texts.members],
    [`${base}/audit`, texts.auditTrail],
  ] as const;
  return (
    <nav className={ui.tabs} aria-label={texts.people}>
      {tabs.map(([href, name]) => (
        <Link key={href} href={hrefWith(href)} aria-current={path === href ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
