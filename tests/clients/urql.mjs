// urql with its exchange for persisted queries, by GET: the hash, then the text with it, then the hash alone.
import { Client, fetchExchange, gql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

const sent = [];
const client = new Client({
  url: `${process.argv[2]}/graphql`,
  exchanges: [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange],
  // The whole answer at once: urql ends what it reads by aborting, which Node.js reports as an error of the stream.
  fetch: async (address, { signal, ...options }) => {
    sent.push(new URL(address).searchParams.has('query'));
    return fetch(address, options);
  },
});

for (let round = 0; round < 2; round += 1) {
  const { data, error } = await client.query(gql`query Urql { topics }`, {}, { requestPolicy: 'network-only' });
  if (error) throw error;
  if (!data.topics.length) throw new Error('no topics');
}
if (sent.join() !== 'false,true,false') throw new Error(`texts were sent: ${sent}`);
