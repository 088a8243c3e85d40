import type { Site } from "../api/types";
import { useAlarms } from "../alarmData";
import { useMoment } from "../moment";
import type { Finding } from "./findings";
import { NeedsAttention } from "./NeedsAttention";
import { MAX_ALARMS, WhatNeedsYou } from "./WhatNeedsYou";
import { WorkDue } from "./WorkDue";
import { texts } from "./texts";

interface Props {
  site: Site;
  findings: Finding[];
  of: number;
  silent: number;
  at: number;
}

/** The active alarms; and what the values alone show, which is all where nothing is watched. */
export default function Attention({ site, ...rest }: Props) {
  const { at } = useMoment();
  const list = useAlarms({ site: site.id, view: "active", at, limit: MAX_ALARMS });
  if (list.isPending && list.failureCount === 0) return null;
  const alarmed = (list.data?.alarms.length ?? 0) > 0;
  return (
    <>
      {list.data && alarmed && <WhatNeedsYou list={list.data} />}
      <WorkDue site={site.id} />
      {(!alarmed || rest.findings.length > 0) && (
        <NeedsAttention title={alarmed ? texts.abnormal : texts.needsAttention} {...rest} />
      )}
    </>
  );
}
