import { Button } from "@mantine/core";
import { useState } from "react";
import { flushMoment } from "../moment";
import { Kept } from "./Kept";
import type { Span } from "./range";
import { texts } from "./texts";

/** The address with the range as instants, so that a colleague who opens it later sees the same. */
export function CopyLink({ span }: { span: Span }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    flushMoment();
    const url = new URL(location.href);
    url.searchParams.delete("range");
    url.searchParams.set("start", String(span.start));
    url.searchParams.set("end", String(span.end));
    try {
      await navigator.clipboard.writeText(url.toString().replaceAll("%2C", ","));
      setCopied(true);
    } catch {
      setCopied(false);
    }
    setTimeout(() => setCopied(null), 2000);
  };
  return (
    <>
      <Kept span={span} />
      <Button variant="default" onClick={() => void copy()} title={texts.copyLinkHint}>
        {copied === null ? texts.copyLink : copied ? texts.copied : texts.copyFailed}
      </Button>
    </>
  );
}
