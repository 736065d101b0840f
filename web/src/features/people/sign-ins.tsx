import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createToken, endSession, revokeToken, type TokenScope } from "@/api";
import { readSessionsOptions, readTokensOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Input, Toggle } from "@/components/ui/field";
import { peopleStrings } from "@/strings/people";
import { Line, Part, Shown, useChange } from "./parts";

const strings = peopleStrings.section;
const SCOPES: readonly TokenScope[] = ["read", "review", "run", "keys", "webhooks", "admin"];

export function Tokens() {
  const tokens = useQuery(readTokensOptions());
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<TokenScope[]>(["read"]);
  const [made, setMade] = useState<string>();
  const create = useChange(async () => {
    const answer = await createToken({ body: { name, scopes }, throwOnError: true });
    setMade(answer.data.token);
    setName("");
  });
  const revoke = useChange((token_id: string) => revokeToken({ path: { token_id }, throwOnError: true }));
  return (
    <Part title={strings.tokens} error={tokens.error ?? create.error ?? revoke.error}>
      <ul className="flex flex-col gap-2">
        {tokens.data?.map((each) => (
          <Line key={each.id}>
            <span className="min-w-0 flex-1 truncate">
              {each.name} <span className="text-faint">{`${each.prefix}… ${each.scopes.join(", ")}`}</span>
            </span>
            <Button size="sm" onClick={() => revoke.mutate(each.id)}>
              {strings.revoke}
            </Button>
          </Line>
        ))}
      </ul>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Field label={strings.tokenName}>
          {(ids) => (
            <Input {...ids} required value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {SCOPES.map((each) => (
            <Toggle
              key={each}
              label={strings.scopes[each]}
              checked={scopes.includes(each)}
              onChange={(event) =>
                setScopes(event.target.checked ? [...scopes, each] : scopes.filter((one) => one !== each))
              }
            />
          ))}
        </div>
        <Button type="submit" className="self-start" disabled={!scopes.length}>
          {strings.token}
        </Button>
      </form>
      {made && <Shown text={strings.tokenShown} secret={made} />}
    </Part>
  );
}

export function Sessions() {
  const sessions = useQuery(readSessionsOptions());
  const end = useChange((session_id: string) => endSession({ path: { session_id }, throwOnError: true }));
  return (
    <Part title={strings.sessions} error={sessions.error ?? end.error}>
      <ul className="flex flex-col gap-2">
        {sessions.data?.map((each) => (
          <Line key={each.id}>
            <span className="min-w-0 flex-1 truncate">
              {each.agent ?? each.method} <span className="text-faint">{each.ip}</span>
            </span>
            {each.current ? (
              <span className="text-faint">{strings.current}</span>
            ) : (
              <Button size="sm" onClick={() => end.mutate(each.id)}>
                {strings.end}
              </Button>
            )}
          </Line>
        ))}
      </ul>
    </Part>
  );
}
