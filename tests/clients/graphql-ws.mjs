// The client graphql-ws, whose protocol ours is: over sockets that take frames, and over plain ASGI (the second address).
import { CloseCode, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { ask, end, liveSpace, rename, same, signUp, until } from './parts/server.mjs';

const EVENTS = `subscription ($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) {
  __typename version ... on SpaceRenamed { title } } }`;

/** One operation's results as they come, and how it ended. */
function follow(client, payload) {
  const heard = { results: [], ended: undefined, leave: undefined };
  heard.leave = client.subscribe(payload, {
    next: (result) => heard.results.push(result),
    error: (error) => { heard.ended = error; },
    complete: () => { heard.ended = 'complete'; },
  });
  return heard;
}

const titles = (heard) => heard.results.map(({ data }) => data.spaceEvents.title).filter(Boolean);

async function operations(url, client, token) {
  const space = await liveSpace(url, token);
  const first = follow(client, { query: EVENTS, variables: { id: space } });
  const second = follow(client, { query: EVENTS, variables: { id: space } });
  const wrong = follow(client, { query: 'subscription {' });
  const unknown = follow(client, { query: '{ nothing }' });
  const query = follow(client, { query: '{ viewer { user { handle } } }' });
  await until(() => first.results.length && second.results.length, 'both begin');
  await until(() => wrong.ended && unknown.ended && query.ended, 'the others end');
  same([Array.isArray(wrong.ended), Array.isArray(unknown.ended)], [true, true], 'mistakes are errors of their operations');
  same([query.results.length, query.ended], [1, 'complete'], 'a query has one result');
  await rename(url, token, space, 'For both');
  await until(() => titles(first).length && titles(second).length, 'both are told');
  first.leave();
  await until(() => first.ended, 'it is left');
  await rename(url, token, space, 'For one');
  await until(() => titles(second).length === 2, 'the other goes on');
  same(titles(first), ['For both'], 'who left is told nothing');
  await end(url, token, space);
  await until(() => second.ended === 'complete', 'the stream ends with the Space');
}

async function reconnecting(url, client, token) {
  const space = await liveSpace(url, token);
  const variables = { id: space, after: undefined };
  const versions = [];
  client.subscribe({ query: EVENTS, variables }, {
    next: ({ data }) => {
      const { __typename, version } = data.spaceEvents;
      if (__typename !== 'Heartbeat') versions.push(version);
      variables.after = version;
    },
    error: (error) => { throw error; },
    complete: () => {},
  });
  await until(() => versions.length, 'the state is told');
  let last = versions[0];
  for (let round = 0; round < 3; round += 1) {
    client.terminate();
    for (let change = 0; change < 3; change += 1) last = await rename(url, token, space, `Title ${round} ${change}`);
    await until(() => versions.at(-1) === last, 'what was missed is told');
  }
  same(versions, Array.from({ length: last - versions[0] + 1 }, (_, n) => versions[0] + n), 'without gap or repeat');
}

/** The code with which a socket is closed that says this. */
function closes(url, ...frames) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => frames.forEach((frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))));
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

async function mistakes(url) {
  const init = { type: 'connection_init' };
  const subscribe = { id: 'a', type: 'subscribe', payload: { query: 'subscription { spaceBarUpdated { __typename } }' } };
  same(await closes(url, 'no JSON'), CloseCode.BadRequest, 'no JSON');
  same(await closes(url, init, { type: 'subscribe', payload: { query: '{ topics }' } }), CloseCode.BadRequest, 'no id');
  same(await closes(url, init, { id: 'a', type: 'subscribe', payload: null }), CloseCode.BadRequest, 'a null payload');
  same(await closes(url, subscribe), CloseCode.Unauthorized, 'no init');
  same(await closes(url, init, init), CloseCode.TooManyInitialisationRequests, 'two inits');
}

for (const url of process.argv.slice(2)) {
  const token = await signUp(url, 'wanda');
  const pongs = [];
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    keepAlive: 20,
    lazy: false,
    retryWait: async () => {},
    on: { pong: (received) => received && pongs.push(received) },
  });
  await operations(url, client, token);
  await reconnecting(url, client, token);
  await until(() => pongs.length > 2, 'pings are answered');
  await client.dispose();
  await mistakes(url);
  same((await ask(url, '{ topics }')).topics.length > 0, true, 'the server goes on');
}
