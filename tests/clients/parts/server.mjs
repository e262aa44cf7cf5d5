// What the scripts share: people and Spaces made by plain requests, and promises about what was received.
const PATIENCE_MS = 30_000;

/** Answers `data` of one operation. */
export async function ask(url, query, variables = {}, token = undefined) {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** A person's token. */
export async function signUp(url, handle) {
  const input = { handle, displayName: handle, password: 'a long password' };
  const data = await ask(url, 'mutation ($input: SignUpInput!) { signUp(input: $input) { token userErrors { message } } }', { input });
  return data.signUp.token;
}

/** The id of a new live Space. */
export async function liveSpace(url, token, title = 'Jazz') {
  const made = await ask(url, 'mutation ($input: CreateSpaceInput!) { createSpace(input: $input) { space { id } } }', { input: { title } }, token);
  const { id } = made.createSpace.space;
  await ask(url, 'mutation ($input: StartSpaceInput!) { startSpace(input: $input) { space { id } } }', { input: { spaceId: id } }, token);
  return id;
}

export async function rename(url, token, spaceId, title) {
  const data = await ask(url, 'mutation ($input: UpdateSpaceInput!) { updateSpace(input: $input) { space { version } userErrors { message } } }', { input: { spaceId, title } }, token);
  return data.updateSpace.space.version;
}

export async function end(url, token, spaceId) {
  await ask(url, 'mutation ($input: EndSpaceInput!) { endSpace(input: $input) { space { id } } }', { input: { spaceId } }, token);
}

export function same(found, expected, what) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, not ${other}`);
}

/** Waits until it holds: for longer than a busy machine takes. */
export async function until(holds, what) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}
