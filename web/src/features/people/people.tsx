import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createSpace } from "@/api";
import { readMeOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { peopleStrings } from "@/strings/people";
import { Everybody, Members } from "./members";
import { Part, useChange } from "./parts";
import { Shares } from "./shares";
import { Sessions, Tokens } from "./sign-ins";

const strings = peopleStrings.section;

/** Spaces, members, tokens and sessions; for admins the people. Nothing where there are no accounts. */
export function People() {
  const me = useQuery(readMeOptions());
  if (!me.data?.accounts) return null;
  return (
    <section id="people" aria-labelledby="people-title" className="flex scroll-mt-16 flex-col gap-4">
      <div>
        <h2 id="people-title" className="font-semibold text-lg">
          {strings.title}
        </h2>
        <p className="max-w-prose text-muted text-sm">{strings.text}</p>
      </div>
      <Spaces />
      {me.data.space_id && <Members me={me.data} space={me.data.space_id} />}
      <Shares />
      <Tokens />
      <Sessions />
      {me.data.is_admin && <Everybody me={me.data} />}
    </section>
  );
}

function Spaces() {
  const [name, setName] = useState("");
  const create = useChange(() => createSpace({ body: { name }, throwOnError: true }));
  return (
    <Part title={strings.newSpace} error={create.error}>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(undefined, { onSuccess: () => setName("") });
        }}
      >
        <Field label={strings.spaceName}>
          {(ids) => (
            <Input {...ids} required value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Button type="submit">{strings.create}</Button>
      </form>
    </Part>
  );
}
