import { expect, it } from "vitest";
import { fitPhoto, fittedSize, jpegName, pictureType } from "./photos";

it("keeps the proportions of a photo, and never enlarges it", () => {
  expect(fittedSize(4_000, 3_000, 2_000)).toEqual({ width: 2_000, height: 1_500 });
  expect(fittedSize(3_000, 4_000, 2_000)).toEqual({ width: 1_500, height: 2_000 });
  expect(fittedSize(640, 480, 2_000)).toEqual({ width: 640, height: 480 });
  expect(fittedSize(100_000, 1, 2_000)).toEqual({ width: 2_000, height: 1 });
});

it("names what it makes smaller by what it is then", () => {
  expect(["IMG_1.HEIC", "pump", "a.b.png", ".png"].map(jpegName)).toEqual([
    "IMG_1.jpg",
    "pump.jpg",
    "a.b.jpg",
    "photo.jpg",
  ]);
});

it("shows only pictures that browsers decode as such: no page, no drawing with scripts", () => {
  expect(["a.JPG", "b.png", "c.webp"].map(pictureType)).toEqual(["image/jpeg", "image/png", "image/webp"]);
  for (const name of ["x.svg", "x.html", "x", "x.jpg.exe", "constructor", "x.__proto__"])
    expect(pictureType(name), name).toBeUndefined();
});

it("leaves alone what is small, no picture, or not readable here", async () => {
  for (const file of [
    new File([new Uint8Array(10)], "a.jpg", { type: "image/jpeg" }),
    new File([new Uint8Array(700_000)], "a.pdf", { type: "application/pdf" }),
    new File([new Uint8Array(700_000)], "a.heic", { type: "image/heic" }),
  ])
    expect(await fitPhoto(file)).toBe(file);
});
