// The reasons for which a take may not be there, as they stand in addresses.
import type { ErrorType } from "@/api";
import { takesStrings } from "@/strings/takes";

export function isReason(value: unknown): value is ErrorType {
  return typeof value === "string" && Object.hasOwn(takesStrings.trouble.titles, value);
}
