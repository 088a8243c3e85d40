import { Link } from "wouter";
import { Empty } from "./states";
import { texts } from "./texts";

export function NotFound() {
  return (
    <Empty level={1} title={texts.pageNotFound} action={<Link href="/">{texts.startPage}</Link>}>
      {texts.pageNotFoundDetail}
    </Empty>
  );
}
