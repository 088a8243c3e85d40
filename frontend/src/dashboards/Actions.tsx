import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { flushMoment } from "../moment";
import { texts } from "./texts";

interface Props {
  mayEdit: boolean;
  edit: () => void;
  kiosk: (rotating: boolean) => void;
  /** There are others to rotate through. */
  several: boolean;
  create: () => void;
  report: () => void;
}

/** What can be done with a dashboard. */
export function Actions({ mayEdit, edit, kiosk, several, create, report }: Props) {
  return (
    <>
      {mayEdit && (
        <Button variant="default" onClick={edit}>
          {texts.edit}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">{texts.more}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <CopyLink />
          <Menu.Item onClick={() => kiosk(false)}>{texts.kiosk}</Menu.Item>
          {several && <Menu.Item onClick={() => kiosk(true)}>{texts.kioskRotating}</Menu.Item>}
          <Menu.Item onClick={report}>{texts.report}</Menu.Item>
          {mayEdit && <Menu.Item onClick={create}>{texts.create}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** The address with the moment, so that whoever opens it later sees the same. */
function CopyLink() {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    flushMoment();
    const url = new URL(location.href);
    if (!url.searchParams.has("at")) url.searchParams.set("at", String(Math.round(Date.now() / 1000) * 1000));
    try {
      await navigator.clipboard.writeText(url.toString());
      setCopied(true);
    } catch {
      setCopied(false);
    }
    setTimeout(() => setCopied(null), 2000);
  };
  return (
    <Menu.Item closeMenuOnClick={false} onClick={() => void copy()} title={texts.copyHint}>
      {copied === null ? texts.copyLink : copied ? texts.copied : texts.copyFailed}
    </Menu.Item>
  );
}
