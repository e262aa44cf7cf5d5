// The Space that every peer serves: the same fields as ours, all of it in memory.
import readline from 'node:readline'

const AT = '2031-05-01T18:00:00.000Z'

export const SPACE_ID = 'U3BhY2U6eA=='

export const typeDefs = /* GraphQL */ `
  type Query {
    space(id: ID!): Space
  }
  type Subscription {
    spaceEvents(spaceId: ID!): SpaceEvent!
  }
  type Space {
    id: ID!
    title: String!
    state: String!
    url: String!
    version: Int!
    topics: [String!]!
    listenerCount: Int!
    anonymousListenerCount: Int!
    isRecording: Boolean!
    host: User!
    stage: [Seat!]!
  }
  type Seat {
    user: User!
    role: String!
    isMuted: Boolean!
  }
  type User {
    id: ID!
    handle: String!
    displayName: String!
  }
  interface SpaceEvent {
    version: Int!
    at: String!
  }
  type SpaceSnapshot implements SpaceEvent {
    version: Int!
    at: String!
  }
  type MicrophoneOpened implements SpaceEvent {
    version: Int!
    at: String!
    userId: ID!
  }
  type MicrophoneClosed implements SpaceEvent {
    version: Int!
    at: String!
    userId: ID!
    closedById: ID
  }
`

export class Space {
  constructor(guests) {
    const names = ['Host', ...Array.from({ length: guests }, (_, number) => `Guest ${number}`)]
    const users = names.map((displayName, number) => ({
      id: Buffer.from(`User:id${number}`).toString('base64'),
      handle: `user${number}`,
      displayName,
    }))
    this.id = SPACE_ID
    this.title = 'A Space to measure'
    this.state = 'LIVE'
    this.url = 'http://127.0.0.1/spaces/x'
    this.version = 1
    this.topics = []
    this.listenerCount = 0
    this.anonymousListenerCount = 0
    this.isRecording = false
    this.host = users[0]
    this.stage = users.map((user, number) => ({ user, role: number ? 'SPEAKER' : 'HOST', isMuted: number > 0 }))
  }

  snapshot() {
    return { __typename: 'SpaceSnapshot', version: this.version, at: AT }
  }

  // The host's microphone is closed or opened, whichever it was not.
  change() {
    this.version += 1
    const kind = this.version % 2 ? 'MicrophoneOpened' : 'MicrophoneClosed'
    return { __typename: kind, version: this.version, at: AT, userId: this.host.id, closedById: this.host.id }
  }
}

// Says where the server is; then, for each number on stdin, publishes so many events and says when the first was.
export function obey(port, space, publish) {
  console.log(`${port} ${SPACE_ID}`)
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const begun = process.hrtime.bigint()
    for (let left = Number(line); left > 0; left--) publish({ spaceEvents: space.change() })
    console.log(Number(begun) / 1e9)
  }).on('close', () => process.exit(0))
}
