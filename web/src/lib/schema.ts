// A provider's options (JSON Schema, as pydantic writes it) as the fields of a form.
import { words } from "@/lib/format";

export type OptionValue = string | number | boolean | null;
export type OptionValues = Record<string, OptionValue>;

type Base = { name: string; label: string; hint: string | undefined; initial: OptionValue };
export type OptionField =
  | (Base & { kind: "choice"; choices: readonly (string | number)[] })
  | (Base & { kind: "toggle" })
  | (Base & { kind: "number"; whole: boolean; min: number | undefined; max: number | undefined })
  | (Base & { kind: "text"; most: number | undefined });

type Schema = Record<string, unknown>;

/** One field an option, in the schema's order. An option with one possible value needs no field. */
export function fieldsOf(schema: Schema): OptionField[] {
  const options = (schema.properties ?? {}) as Record<string, Schema>;
  return Object.entries(options).flatMap(([name, option]) => fieldOf(name, option, schema));
}

/** What is sent when nothing is changed. */
export function initialValues(fields: readonly OptionField[]): OptionValues {
  return Object.fromEntries(fields.map((field) => [field.name, field.initial]));
}

/** What is sent: an empty field is left out, and the provider's default holds. */
export function filled(values: OptionValues): OptionValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ""));
}

function fieldOf(name: string, given: Schema, root: Schema): OptionField[] {
  const schema = resolved(given, root);
  if ("const" in schema) return [];
  const base: Base = {
    name,
    label: words(String(schema.title ?? name)),
    hint: typeof schema.description === "string" ? schema.description : undefined,
    initial: isValue(schema.default) ? schema.default : null,
  };
  if (Array.isArray(schema.enum)) {
    const choices = schema.enum.filter((each) => typeof each === "string" || typeof each === "number");
    return choices.length > 1 ? [{ ...base, kind: "choice", choices }] : [];
  }
  if (schema.type === "boolean") return [{ ...base, kind: "toggle" }];
  if (schema.type === "integer" || schema.type === "number") {
    const whole = schema.type === "integer";
    return [{ ...base, kind: "number", whole, min: number(schema.minimum), max: number(schema.maximum) }];
  }
  if (schema.type === "string") return [{ ...base, kind: "text", most: number(schema.maxLength) }];
  return []; // lists and objects: no provider has such options, and a form for them would be its own design
}

/** Follows `$ref`, and takes the one real type of `anyOf` with null. What stands beside them wins. */
function resolved(schema: Schema, root: Schema): Schema {
  const { $ref, anyOf, allOf, ...beside } = schema;
  if (typeof $ref === "string") {
    const definitions = (root.$defs ?? {}) as Record<string, Schema>;
    return { ...definitions[$ref.split("/").at(-1) ?? ""], ...beside };
  }
  const several = (anyOf ?? allOf) as Schema[] | undefined;
  const real = several?.filter((each) => each.type !== "null");
  return real?.length === 1 && real[0] ? { ...resolved(real[0], root), ...beside } : schema;
}

function isValue(value: unknown): value is OptionValue {
  return ["string", "number", "boolean"].includes(typeof value);
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
