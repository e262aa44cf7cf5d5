// graphql-yoga over node:http, its subscriptions by graphql-ws, as Yoga's documentation puts them together.
import { createServer } from 'node:http'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { obey, Space, typeDefs } from './space.mjs'

const space = new Space(Number(process.argv[2]))
const pubSub = createPubSub()

async function* events() {
  const coming = pubSub.subscribe('space')
  yield { spaceEvents: space.snapshot() }
  yield* coming
}

const resolvers = {
  Query: { space: () => space },
  Subscription: { spaceEvents: { subscribe: events } },
}
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false, graphiql: false })
const server = createServer(yoga)
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint })

useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params,
      })
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      }
      const errors = validate(args.schema, args.document)
      return errors.length ? errors : args
    },
  },
  sockets,
)
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () =>
  obey(server.address().port, space, (event) => pubSub.publish('space', event)),
)
