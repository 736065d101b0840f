import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { NotReadable, readZip, unzip } from "./zip";

/** A ZIP as programs write it: local headers, then the directory. */
function zipped(files: Record<string, string>, deflated: boolean, comment = ""): Blob {
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
  return new Blob([...parts, ...directory, new Uint8Array(end.buffer), comment] as BlobPart[]);
}

test.each([true, false])("files come out as they went in (deflated: %s)", async (deflated) => {
  const zip = zipped({ "a/1.jpg": "one", "a/2.jpg": "two".repeat(500) }, deflated, "a comment");
  const entries = await readZip(zip);
  expect(entries.map((each) => each.name)).toEqual(["1.jpg", "2.jpg"]);
  for (const [index, text] of ["one", "two".repeat(500)].entries()) {
    const entry = entries[index];
    expect(entry && (await (await unzip(zip, entry)).text())).toBe(text);
  }
});

test("names are as short as tells them apart, junk is left out", async () => {
  const zip = zipped(
    { "a/1.jpg": "", "b/1.jpg": "", "b/2.jpg": "", "__MACOSX/._1.jpg": "", "b/": "" },
    false,
  );
  expect((await readZip(zip)).map((each) => each.name)).toEqual(["a/1.jpg", "b/1.jpg", "2.jpg"]);
});

test("what is no ZIP, or cut short, is said to be so", async () => {
  await expect(readZip(new Blob(["nothing"]))).rejects.toThrow(NotReadable);
  const zip = zipped({ "1.jpg": "one" }, false);
  await expect(readZip(zip.slice(0, zip.size - 30))).rejects.toThrow(NotReadable);
});
