import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import {
  changeRole,
  createInvite,
  createSpace,
  createToken,
  endSession,
  inviteUser,
  type Me,
  makeResetLink,
  removeMember,
  revokeToken,
  type SpaceRole,
  type TokenScope,
  updateUser,
} from "@/api";
import {
  readMembersOptions,
  readMeOptions,
  readSessionsOptions,
  readTokensOptions,
  readUsersOptions,
} from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Input, Select, Toggle } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { peopleStrings } from "@/strings/people";

const strings = peopleStrings.section;
const ROLES: readonly SpaceRole[] = ["viewer", "editor", "manager"];
const SCOPES: readonly TokenScope[] = ["read", "review", "run", "keys", "webhooks", "admin"];

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
      <Tokens />
      <Sessions />
      {me.data.is_admin && <Everybody me={me.data} />}
    </section>
  );
}

/** Ask for a change; everything about people is read again after it. */
function useChange<T = void>(change: (given: T) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation<unknown, unknown, T>({
    mutationFn: change,
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [key] }) =>
          ["readMe", "readMembers", "readTokens", "readSessions", "readUsers"].includes(
            (key as { _id?: string } | undefined)?._id ?? "",
          ),
      }),
  });
}

function Part({ title, error, children }: { title: string; error?: unknown; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line p-3">
      <h3 className="font-medium">{title}</h3>
      {children}
      {error ? (
        <p role="alert" className="text-bad text-sm">
          {said(error)}
        </p>
      ) : null}
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <li className="flex min-w-0 flex-wrap items-center gap-2 text-sm">{children}</li>;
}

/** A secret that is shown once. */
function Shown({ text, secret }: { text: string; secret: string }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-muted text-sm">{text}</p>
      <Input readOnly aria-label={text} value={secret} onFocus={(event) => event.target.select()} />
    </div>
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

function Members({ me, space }: { me: Me; space: string }) {
  const path = { space_id: space };
  const members = useQuery(readMembersOptions({ path }));
  const [role, setRole] = useState<SpaceRole>("editor");
  const [link, setLink] = useState<string>();
  const invite = useChange(async () => {
    const made = await createInvite({ path, body: { role }, throwOnError: true });
    setLink(made.data.url);
  });
  const change = useChange(({ user_id, to }: { user_id: string; to: SpaceRole }) =>
    changeRole({ path: { ...path, user_id }, body: { role: to }, throwOnError: true }),
  );
  const remove = useChange((user_id: string) =>
    removeMember({ path: { ...path, user_id }, throwOnError: true }),
  );
  const manages = me.role === "manager";
  const shared = me.spaces.find((each) => each.id === space)?.kind === "shared";
  return (
    <Part title={strings.members} error={members.error ?? invite.error ?? change.error ?? remove.error}>
      <ul className="flex flex-col gap-2">
        {members.data?.map((each) => (
          <Line key={each.user_id}>
            <span className="min-w-0 flex-1 truncate">
              {each.name} <span className="text-faint">{each.email}</span>
            </span>
            {manages && shared ? (
              <>
                <Select
                  className="w-auto"
                  aria-label={`${strings.inviteRole}: ${each.name}`}
                  value={each.role}
                  onChange={(event) =>
                    change.mutate({ user_id: each.user_id, to: event.target.value as SpaceRole })
                  }
                >
                  {ROLES.map((one) => (
                    <option key={one} value={one}>
                      {strings.roles[one]}
                    </option>
                  ))}
                </Select>
                <Button
                  size="sm"
                  aria-label={strings.remove(each.name)}
                  onClick={() => remove.mutate(each.user_id)}
                >
                  ×
                </Button>
              </>
            ) : (
              strings.roles[each.role]
            )}
          </Line>
        ))}
      </ul>
      {manages && shared && (
        <div className="flex items-end gap-2">
          <Field label={strings.inviteRole}>
            {(ids) => (
              <Select {...ids} value={role} onChange={(event) => setRole(event.target.value as SpaceRole)}>
                {ROLES.map((one) => (
                  <option key={one} value={one}>
                    {strings.roles[one]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Button onClick={() => invite.mutate()}>{strings.invite}</Button>
        </div>
      )}
      {link && <Shown text={strings.link} secret={link} />}
    </Part>
  );
}

function Tokens() {
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

function Sessions() {
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

function Everybody({ me }: { me: Me }) {
  const users = useQuery(readUsersOptions());
  const [link, setLink] = useState<string>();
  const change = useChange(({ user_id, status }: { user_id: string; status: "active" | "disabled" }) =>
    updateUser({ path: { user_id }, body: { status }, throwOnError: true }),
  );
  const invite = useChange(async () => {
    const made = await inviteUser({ body: {}, throwOnError: true });
    setLink(made.data.url);
  });
  const reset = useChange(async (user_id: string) => {
    const made = await makeResetLink({ path: { user_id }, throwOnError: true });
    setLink(made.data.url);
  });
  return (
    <Part title={strings.people} error={users.error ?? change.error ?? invite.error ?? reset.error}>
      <ul className="flex flex-col gap-2">
        {users.data?.map((each) => (
          <Line key={each.id}>
            <span className="min-w-0 flex-1 truncate">
              {each.name} <span className="text-faint">{each.email}</span>
            </span>
            {each.is_admin && <span className="text-faint">{strings.admin}</span>}
            {each.status === "pending" && <span className="text-faint">{strings.waiting}</span>}
            {each.status === "disabled" && <span className="text-faint">{strings.disabled}</span>}
            {each.id !== me.user_id && (
              <>
                <Button
                  size="sm"
                  onClick={() =>
                    change.mutate({
                      user_id: each.id,
                      status: each.status === "active" ? "disabled" : "active",
                    })
                  }
                >
                  {each.status === "active"
                    ? strings.disable
                    : each.status === "pending"
                      ? strings.letIn
                      : strings.enable}
                </Button>
                <Button size="sm" onClick={() => reset.mutate(each.id)}>
                  {strings.resetLink}
                </Button>
              </>
            )}
          </Line>
        ))}
      </ul>
      <Button className="self-start" onClick={() => invite.mutate()}>
        {strings.inviteNew}
      </Button>
      {link && <Shown text={strings.link} secret={link} />}
    </Part>
  );
}
