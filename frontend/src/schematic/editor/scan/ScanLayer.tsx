import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { tenantOfPath } from "../../../api/client";
import type { Background } from "../../core/types";
import styles from "../canvas/canvas.module.css";
import { texts } from "../texts";
import { readScan } from "./scans";

/** The scan below the drawing: it is seen, and nothing more can be done to it with the mouse. */
export function ScanLayer({ background: { scan, x, y, width, height, opacity } }: { background: Background }) {
  const { data } = useQuery({
    queryKey: [tenantOfPath(), "scan", scan],
    queryFn: ({ signal }) => readScan(scan, signal),
    staleTime: Infinity,
  });
  const url = useUrl(data);
  if (!url) return null;
  return (
    <img
      className={styles.scan}
      src={url}
      alt={texts.scan.alt}
      draggable={false}
      style={{ transform: `translate(${x}px, ${y}px)`, width, height, opacity }}
    />
  );
}

function useUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
