import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  changeRole,
  createInvite,
  inviteUser,
  type Me,
  makeResetLink,
  removeMember,
  type SpaceRole,
  updateUser,
} from "@/api";
import { readMembersOptions, readUsersOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { peopleStrings } from "@/strings/people";
import { Line, Part, Shown, useChange } from "./parts";

const strings = peopleStrings.section;
const ROLES: readonly SpaceRole[] = ["viewer", "editor", "manager"];

export function Members({ me, space }: { me: Me; space: string }) {
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

export function Everybody({ me }: { me: Me }) {
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
