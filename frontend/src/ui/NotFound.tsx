import { Link } from "wouter";
import { Empty } from "./states";

export function NotFound() {
  return (
    <Empty title="No page at this address" action={<Link href="/">Go to the start</Link>}>
      The link may be cut short, or what it showed was removed.
    </Empty>
  );
}
