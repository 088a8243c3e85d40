import { Link } from "wouter";
import { Empty } from "./states";
import { texts } from "./texts";

export function NotFound() {
  return (
    <Empty title={texts.pageNotFound} action={<Link href="/">{texts.startPage}</Link>}>
      {texts.pageNotFoundDetail}
    </Empty>
  );
}
