// Who is not signed in meets this instead of the page: sign-in, registration, and what links lead to.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { acceptInvite, readInvitation, readMe, register, resetPassword, setUp, signIn } from "@/api";
import { readMethodsOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { problemOf } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { peopleStrings } from "@/strings/people";
import { Form, NewPerson, NOBODY, Text } from "./entry-form";

export type EntryPage = "sign-in" | "register" | "invite" | "reset" | "setup";

/** Take the secret out of the address, so that neither the history nor a screenshot has it. */
function takeSecret(): string {
  const secret = window.location.hash.slice(1);
  if (secret) window.history.replaceState(null, "", window.location.pathname);
  return secret;
}

const home = () => window.location.assign("/");

export function Entry({ page }: { page: EntryPage }) {
  const [shown, setShown] = useState(page);
  const [secret] = useState(takeSecret);
  const [notice, setNotice] = useState<string>();
  const methods = useQuery(readMethodsOptions());
  const at = shown === "sign-in" && methods.data?.setup ? "setup" : shown;
  const signInNext = (said?: string) => {
    setNotice(said);
    setShown("sign-in");
  };
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <p className="flex items-center gap-2 font-semibold tracking-tight">
        <img src="/favicon.svg" alt="" className="size-6" />
        {appStrings.app}
      </p>
      {notice && (
        <p role="status" className="rounded-md border border-line bg-raised px-3 py-2 text-sm">
          {notice}
        </p>
      )}
      {at === "sign-in" && (
        <SignIn
          onRegister={
            methods.data && methods.data.registration !== "closed" ? () => setShown("register") : undefined
          }
        />
      )}
      {at === "register" && <Register onDone={signInNext} />}
      {at === "invite" && <Invite secret={secret} onDone={signInNext} />}
      {at === "reset" && <Reset secret={secret} onDone={signInNext} />}
      {at === "setup" && <SetUp secret={secret} />}
    </main>
  );
}

function SignIn({ onRegister }: { onRegister?: (() => void) | undefined }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Form
      title={peopleStrings.signIn.title}
      go={peopleStrings.signIn.go}
      onGo={async () => {
        await signIn({ body: { email, password }, throwOnError: true });
        window.location.reload();
      }}
      after={
        <>
          {onRegister && <Button onClick={onRegister}>{peopleStrings.signIn.register}</Button>}
          <p className="text-faint text-xs">{peopleStrings.signIn.lost}</p>
        </>
      }
    >
      <Text label={peopleStrings.email} type="email" complete="username" value={email} onChange={setEmail} />
      <Text
        label={peopleStrings.password}
        type="password"
        complete="current-password"
        value={password}
        onChange={setPassword}
      />
    </Form>
  );
}

type Done = { onDone: (said?: string) => void };

function Register({ onDone }: Done) {
  const [person, setPerson] = useState(NOBODY);
  return (
    <Form
      title={peopleStrings.register.title}
      go={peopleStrings.register.go}
      onGo={async () => {
        await register({ body: person, throwOnError: true });
        onDone(peopleStrings.register.received);
      }}
      after={<Button onClick={() => onDone()}>{peopleStrings.register.back}</Button>}
    >
      <NewPerson {...person} set={(change) => setPerson({ ...person, ...change })} />
    </Form>
  );
}

function Invite({ secret, onDone }: Done & { secret: string }) {
  const [person, setPerson] = useState(NOBODY);
  const offer = useQuery({
    queryKey: ["invitation"],
    retry: false,
    queryFn: async () => (await readInvitation({ body: { secret }, throwOnError: true })).data,
  });
  const me = useQuery({
    queryKey: ["invited"],
    retry: false,
    queryFn: async () => (await readMe({ throwOnError: true })).data,
  });
  if (offer.isError) {
    return (
      <p role="alert" className="text-bad">
        {problemOf(offer.error).detail}
      </p>
    );
  }
  const text = offer.data?.space ? peopleStrings.invite.text(offer.data.space) : peopleStrings.invite.plain;
  if (me.data) {
    return (
      <Form
        title={peopleStrings.invite.title}
        text={text}
        go={peopleStrings.invite.accept}
        onGo={async () => {
          await acceptInvite({ body: { secret }, throwOnError: true });
          home();
        }}
      >
        <p className="text-muted text-sm">{me.data.email}</p>
      </Form>
    );
  }
  return (
    <Form
      title={peopleStrings.invite.title}
      text={text}
      go={peopleStrings.register.go}
      onGo={async () => {
        await register({ body: { ...person, invite: secret }, throwOnError: true });
        await signIn({ body: { email: person.email, password: person.password }, throwOnError: true });
        home();
      }}
      after={<Button onClick={() => onDone()}>{peopleStrings.register.back}</Button>}
    >
      <NewPerson {...person} set={(change) => setPerson({ ...person, ...change })} />
    </Form>
  );
}

function Reset({ secret, onDone }: Done & { secret: string }) {
  const [password, setPassword] = useState("");
  return (
    <Form
      title={peopleStrings.reset.title}
      go={peopleStrings.reset.go}
      onGo={async () => {
        await resetPassword({ body: { secret, password }, throwOnError: true });
        onDone(peopleStrings.reset.done);
      }}
    >
      <Text
        label={peopleStrings.newPassword}
        hint={peopleStrings.passwordHint}
        type="password"
        complete="new-password"
        value={password}
        onChange={setPassword}
      />
    </Form>
  );
}

function SetUp({ secret }: { secret: string }) {
  const [code, setCode] = useState(secret);
  const [person, setPerson] = useState(NOBODY);
  return (
    <Form
      title={peopleStrings.setup.title}
      text={peopleStrings.setup.text}
      go={peopleStrings.setup.go}
      onGo={async () => {
        await setUp({ body: { ...person, code: code.trim() }, throwOnError: true });
        await signIn({ body: { email: person.email, password: person.password }, throwOnError: true });
        home();
      }}
    >
      <Text
        label={peopleStrings.setup.code}
        hint={peopleStrings.setup.codeHint}
        complete="off"
        value={code}
        onChange={setCode}
      />
      <NewPerson {...person} set={(change) => setPerson({ ...person, ...change })} />
    </Form>
  );
}
