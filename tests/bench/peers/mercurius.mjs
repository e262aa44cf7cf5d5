// mercurius on Fastify; `jit` as the second argument: the documents it meets are compiled by graphql-jit.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { obey, Space, typeDefs } from './space.mjs'

const space = new Space(Number(process.argv[2]))
const app = Fastify()

async function* events(pubsub) {
  const coming = await pubsub.subscribe('space')
  yield { spaceEvents: space.snapshot() }
  yield* coming
}

app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    Query: { space: () => space },
    Subscription: { spaceEvents: { subscribe: (_root, _args, { pubsub }) => events(pubsub) } },
  },
  subscription: true,
  jit: process.argv[3] === 'jit' ? 1 : 0,
})
await app.listen({ port: 0, host: '127.0.0.1', backlog: 2048 })
obey(app.server.address().port, space, (payload) => app.graphql.pubsub.publish({ topic: 'space', payload }))
