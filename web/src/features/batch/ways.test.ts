import { expect, test } from "vitest";
import type { UploadCheck } from "@/api";
import { inOrder, isQuestion, pairingsIn, questionIn } from "./ways";

const finding = (code: string) => ({ code, where: "images", message: "" });
const pictures = ["10.jpg", "2.jpg", "1.jpg"].map((name) => ({ name, bytes: async () => new Blob() }));

test("what the server asks about is a question, anything else is not", () => {
  expect(questionIn([finding("no_shots"), finding("no_order")])).toEqual({
    pairing: "no_order",
    reading: false,
  });
  expect(questionIn([finding("two_readings")])).toEqual({ pairing: null, reading: true });
  expect(isQuestion(finding("variants"))).toBe(true);
  expect(isQuestion(finding("empty_prompt"))).toBe(false);
});

test("each order is shown as the server would pair it", () => {
  const dates = { "10.jpg": 1, "2.jpg": 3, "1.jpg": 2 };
  expect(inOrder("name", pictures, dates)).toEqual(["1.jpg", "2.jpg", "10.jpg"]);
  expect(inOrder("order", pictures, dates)).toEqual(["10.jpg", "2.jpg", "1.jpg"]);
  expect(inOrder("date", pictures, dates)).toEqual(["10.jpg", "1.jpg", "2.jpg"]);
  expect(inOrder("number", pictures, dates)).toBeNull();
});

test("the way in use and the one chosen are among those that can be chosen", () => {
  const report = { paired_by: "number", pairings: ["date", "name"] } as unknown as UploadCheck;
  expect(pairingsIn(report, null)).toEqual(["number", "name", "date"]);
  expect(pairingsIn(report, "all")).toEqual(["number", "name", "date", "all"]);
});
