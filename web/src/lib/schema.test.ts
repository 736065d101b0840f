import { expect, test } from "vitest";
import { fieldsOf, filled, initialValues } from "@/lib/schema";

// As pydantic writes it.
const schema = {
  type: "object",
  $defs: { Move: { enum: ["auto", "push_in"], title: "Move", type: "string" } },
  properties: {
    aspect_ratio: {
      default: "16:9",
      description: "Shape.",
      enum: ["16:9", "9:16"],
      title: "Aspect Ratio",
      type: "string",
    },
    resolution: { const: "720p", default: "720p", title: "Resolution", type: "string" },
    duration_seconds: { default: 4, enum: [4, 6, 8], title: "Duration Seconds", type: "integer" },
    sound: { default: true, title: "Sound", type: "boolean" },
    delay: { default: 0, maximum: 60, minimum: 0, title: "Delay", type: "number" },
    style: { anyOf: [{ type: "string", maxLength: 80 }, { type: "null" }], default: null, title: "Style" },
    move: { $ref: "#/$defs/Move", default: "push_in", description: "Camera." },
    regions: { type: "array", items: { type: "string" }, title: "Regions" },
  },
};

test("every option with a choice becomes the field that fits it, in order", () => {
  expect(fieldsOf(schema).map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
    "aspect_ratio: choice",
    "duration_seconds: choice",
    "sound: toggle",
    "delay: number",
    "style: text",
    "move: choice",
  ]);
});

test("names, hints, bounds and choices come from the schema", () => {
  const [aspect, length, , delay, style, move] = fieldsOf(schema);
  expect(aspect).toMatchObject({ label: "Aspect ratio", hint: "Shape.", choices: ["16:9", "9:16"] });
  expect(length).toMatchObject({ choices: [4, 6, 8], initial: 4 });
  expect(delay).toMatchObject({ whole: false, min: 0, max: 60 });
  expect(style).toMatchObject({ most: 80, initial: null });
  expect(move).toMatchObject({ initial: "push_in", hint: "Camera.", choices: ["auto", "push_in"] });
});

test("what is sent is the defaults, and nothing for an empty field", () => {
  const values = initialValues(fieldsOf(schema));
  expect(values).toMatchObject({
    aspect_ratio: "16:9",
    duration_seconds: 4,
    sound: true,
    delay: 0,
    style: null,
  });
  expect(filled(values)).not.toHaveProperty("style");
  expect(filled({ delay: 0, sound: false, style: "" })).toEqual({ delay: 0, sound: false });
});
