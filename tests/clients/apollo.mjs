// Apollo Client with automatic persisted queries: the text is sent once, and from then on its hash.
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';

const sent = [];
const counted = (address, options) => {
  sent.push(JSON.parse(options.body));
  return fetch(address, options);
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([
    new PersistedQueryLink({ sha256 }),
    new HttpLink({ uri: `${process.argv[2]}/graphql`, fetch: counted }),
  ]),
});

for (let round = 0; round < 2; round += 1) {
  const { data } = await client.query({ query: gql`query Apollo { topics }`, fetchPolicy: 'no-cache' });
  if (!data.topics.length) throw new Error('no topics');
}
const texts = sent.map(({ query }) => query !== undefined);
if (texts.join() !== 'false,true,false') throw new Error(`texts were sent: ${texts}`);
