import { bytes, call } from "../../../api/client";
import type { Result } from "../../../api/types";

export type Scan = Result<"scans_create">;

const BASE = "/api/v1/schematics/scans";
export const ACCEPTED = "image/png,image/jpeg";
export const MAX_BYTES = 12 << 20;

export async function uploadScan(file: File): Promise<Scan> {
  const name = file.name.replace(/\.[^.]*$/, "").slice(0, 80) || "Scan";
  return call<Scan>("POST", BASE, { body: { name, image: await base64Of(file) } });
}

/** Read like everything else, as a picture's own request would not name the tenant. */
export const readScan = async (id: string, signal: AbortSignal): Promise<Blob> =>
  new Blob([await bytes(`${BASE}/${id}`, {}, signal)], { type: "image/jpeg" });

const base64Of = (file: File) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error ?? new Error());
    reader.readAsDataURL(file);
  });
