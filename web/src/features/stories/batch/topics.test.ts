import { expect, test } from "vitest";
import { readRows, toTopic } from "./topics";

test("each line is a topic", () => {
  expect(readRows("Rice\n\n  Sky, and why it is blue\n")).toEqual([
    { topic: "Rice" },
    { topic: "Sky, and why it is blue" },
  ]);
});

test("a table names its columns, quotes keep commas and lines", () => {
  const rows = readRows('topic,language,seconds\n"Rice, and ""wet"" feet",de,30\n"Two\nlines",,\n');
  expect(rows).toEqual([
    { topic: 'Rice, and "wet" feet', language: "de", seconds: "30" },
    { topic: "Two\nlines" },
  ]);
});

test("spreadsheets that use semicolons or tabs are read too", () => {
  expect(readRows("shape;topic\n16:9;Rice")).toEqual([{ topic: "Rice", shape: "16:9" }]);
  expect(readRows("\uFEFFtopic\tlanguage\nRice\tde")).toEqual([{ topic: "Rice", language: "de" }]);
});

test("only what differs is sent", () => {
  expect(toTopic({ topic: "Rice", seconds: "45" })).toEqual({ topic: "Rice", target_seconds: 45 });
  expect(toTopic({ topic: "Rice" })).toEqual({ topic: "Rice" });
});
