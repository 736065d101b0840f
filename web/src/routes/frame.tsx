import { Shell as Around } from "@/features/shell/shell";
import { KeyDoor } from "./key-door";

/** What is around every page, and what can be opened over any of them. */
export function Shell() {
  return (
    <>
      <Around />
      <KeyDoor />
    </>
  );
}
