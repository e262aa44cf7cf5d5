// What Relay's compiler reads: pages forwards and backwards, a node by its id, a mutation, a subscription.
import { graphql } from 'relay-runtime';

graphql`
  query pagesForwardsQuery($count: Int!, $cursor: String) {
    spaces(first: $count, after: $cursor, filter: { query: "Relay" }) @connection(key: "pages_spaces") {
      edges { node { id title } }
    }
  }
`;

graphql`
  query pagesBackwardsQuery($count: Int!, $cursor: String) {
    spaces(last: $count, before: $cursor, filter: { query: "Relay" }) {
      edges { cursor node { id title } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
`;

graphql`
  query pagesNodeQuery($id: ID!) {
    node(id: $id) { __typename id ... on Space { title version } }
  }
`;

graphql`
  mutation pagesRenameMutation($input: UpdateSpaceInput!) {
    updateSpace(input: $input) { space { id title version } userErrors { message } }
  }
`;

graphql`
  subscription pagesEventsSubscription($id: ID!) {
    spaceEvents(spaceId: $id) { __typename ... on SpaceSnapshot { space { id title } } ... on SpaceRenamed { title } }
  }
`;
