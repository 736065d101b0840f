import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import type { ZipFileView } from "@/api";
import { NotReadable, readZip, unzip } from "./zip";

/** A ZIP as programs write it: local headers, then the directory. */
function zipped(files: Record<string, string>, deflated: boolean, comment = ""): File {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const bytes = new TextEncoder().encode(text);
    const packed = deflated ? new Uint8Array(deflateRawSync(bytes)) : bytes;
    const title = new TextEncoder().encode(name);
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(26, title.length, true);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(10, deflated ? 8 : 0, true);
    entry.setUint32(20, packed.length, true);
    entry.setUint32(24, bytes.length, true);
    entry.setUint16(28, title.length, true);
    entry.setUint32(42, at, true);
    parts.push(new Uint8Array(local.buffer), title, packed);
    directory.push(new Uint8Array(entry.buffer), title);
    at += 30 + title.length + packed.length;
  }
  const size = directory.reduce((sum, each) => sum + each.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint32(12, size, true);
  end.setUint32(16, at, true);
  end.setUint16(20, comment.length, true);
  return new File([...parts, ...directory, new Uint8Array(end.buffer), comment] as BlobPart[], "a.zip");
}

/** Answers as the server does for these names; records what it was asked. */
function server(...files: [index: number, name: string, kind: ZipFileView["kind"]][]) {
  const asked: { directory: File; images: readonly number[] }[] = [];
  const ask = async (directory: File, images: readonly number[]) => {
    asked.push({ directory, images });
    return files.map(([index, name, kind]) => ({
      index,
      name,
      date: null,
      kind: images.includes(index) ? ("image" as const) : kind,
    }));
  };
  return { asked, ask };
}

test.each([true, false])("files come out as they went in (deflated: %s)", async (deflated) => {
  const zip = zipped({ "a/": "", "a/1.jpg": "one", "a/2.jpg": "two".repeat(500) }, deflated, "a comment");
  const { asked, ask } = server([1, "1.jpg", "image"], [2, "2.jpg", "image"]);
  const files = await readZip(zip, ask);
  expect(files.map((each) => each.name)).toEqual(["1.jpg", "2.jpg"]);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.directory.name).toBe("a.zip");
  expect(new Uint8Array((await asked[0]?.directory.arrayBuffer()) ?? []).slice(0, 4)).toEqual(
    new Uint8Array([0x50, 0x4b, 1, 2]),
  );
  for (const [index, text] of ["one", "two".repeat(500)].entries()) {
    const file = files[index];
    expect(file && (await (await unzip(zip, file)).text())).toBe(text);
  }
});

test.each([true, false])(
  "what is an image by its content is asked about again (deflated: %s)",
  async (deflated) => {
    const zip = zipped({ download: "GIF89a", notes: "GI", "p.txt": "1. a" }, deflated);
    const { asked, ask } = server([0, "download", "other"], [1, "notes", "other"], [2, "p.txt", "prompts"]);
    const files = await readZip(zip, ask);
    expect(asked.map((each) => each.images)).toEqual([[], [0]]);
    expect(files.map((each) => each.kind)).toEqual(["image", "other", "prompts"]);
  },
);

test("what is no ZIP, or cut short, is said to be so", async () => {
  const { ask } = server();
  await expect(readZip(new File(["nothing"], "a.zip"), ask)).rejects.toThrow(NotReadable);
  const zip = zipped({ "1.jpg": "one" }, false);
  const cut = new File([zip.slice(0, zip.size - 30)], "a.zip");
  await expect(readZip(cut, ask)).rejects.toThrow(NotReadable);
});
