const MAX_EDGE_PX = 2_048;
const QUALITY = 0.85;
/** Smaller photos are stored as they are. */
const SMALL_BYTES = 600_000;

/** The width and height within `edge`, in proportion. */
export function fittedSize(width: number, height: number, edge = MAX_EDGE_PX): { width: number; height: number } {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export const jpegName = (name: string): string => `${name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;

const PICTURES: Record<string, string> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
};

/** The type of a picture that browsers show, by the file's name; undefined for everything else. */
export function pictureType(name: string): string | undefined {
  const end = name.split(".").at(-1)!.toLowerCase();
  return Object.hasOwn(PICTURES, end) ? PICTURES[end] : undefined;
}

/** A phone's photo in the size that a screen shows, upright and without its place; other files as they are. */
export async function fitPhoto(file: File): Promise<File> {
  if (!file.type.startsWith("image/") || file.size <= SMALL_BYTES) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const { width, height } = fittedSize(bitmap.width, bitmap.height);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")!.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], jpegName(file.name), { type: blob.type }) : file;
  } catch {
    return file; // a format that this browser does not read
  }
}
