import { expect, it } from "vitest";
import { EMPTY } from "@/lib/pile";
import { folderOf, suggestedName } from "./suggested-name";

const now = new Date(2026, 10, 30);

it("is called after its file, else after the first words of its first prompt", () => {
  expect(suggestedName("winter.zip", "A fox", now)).toBe("winter");
  expect(suggestedName("prompts.txt", "A fox in the snow, slow push in", now)).toBe(
    "A fox in the snow, Nov 30",
  );
  expect(suggestedName(undefined, "A fox.", now)).toBe("A fox, Nov 30");
  expect(suggestedName(undefined, undefined, now)).toBe("New job");
});

it("is called after the folder, when there is one", () => {
  const image = (path: string) => ({ webkitRelativePath: path }) as File;
  expect(folderOf({ ...EMPTY, images: [image("winter/1.png"), image("winter/2.png")] })).toBe("winter");
  expect(folderOf({ ...EMPTY, images: [image(""), image("")] })).toBeUndefined();
  expect(folderOf({ ...EMPTY, images: [image("a/1.png"), image("b/2.png")] })).toBeUndefined();
});
