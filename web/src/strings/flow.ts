// Words of the settings of Flow accounts.
import { count, plural } from "@/lib/format";

export const tf = {
  none: "No account yet. Sign in on a machine with a screen, then bring what that made here.",
  how: "Sign in on a machine with a screen: rushes flow login NAME. Then: rushes flow export NAME FILE.",
  add: "Import an account",
  state: {
    ready: "Signed in",
    old: "May be signed out",
    checking: "Checking",
    unknown: "Not checked",
    resting: (time: string) => `Rests for ${time}`,
  },
  signedIn: (ago: string) => `signed in ${ago}`,
  used: (ago: string) => `used ${ago}`,
  checked: (ago: string) => `checked ${ago}`,
  unchecked: "not checked yet",
  made: (n: number) => plural(n, "submission"),
  flying: (n: number) => `${count(n)} in flight`,
  check: "Check",
  checkSoon: (name: string) => `A worker looks whether ${name} is signed in`,
  good: (name: string) => `${name} is signed in`,
  again: "Sign in again",
  out: "Sign out",
  outTitle: (name: string) => `Sign “${name}” out?`,
  outText:
    "Rushes forgets what the account is signed in with, here and in the bucket. Videos that wait for it wait on.",
  isOut: "Signed out",
  form: {
    addTitle: "Import a Flow account",
    againTitle: (name: string) => `Sign “${name}” in again`,
    text: "What it is signed in with is stored encrypted and never shown again. A worker looks whether it works.",
    name: "Name",
    nameHint: "To tell it from others. One of this name is signed in again.",
    nameMissing: "Give it a name.",
    state: "State",
    stateHint: "The file that rushes flow export wrote, or any storage state of Playwright's.",
    choose: "Choose a file",
    missing: "Choose the file, or paste what is in it.",
    save: "Import",
    saved: "Account imported",
  },
} as const;
