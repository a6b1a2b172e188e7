#!/bin/sh
# Prints who connects, leaves or is refused something, a line of JSON an event, over server-sent events:
# APP=<id>:<secret> sh examples/watch-connections.sh [http://localhost:8080/graphql]
url=${1:-http://localhost:8080/graphql}

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

case ${APP:-} in
?*:?*) ;;
*) fail 'Set APP to the id and the secret of an application: APP=<id>:<secret>' ;;
esac

query='subscription {
  connectionEvents {
    __typename at clientId ipAddress
    ... on ClientDisconnected { reason }
    ... on ClientRefused { action message }
  }
}'

curl -N -sS -u "$APP" -H 'content-type: application/json' -H 'accept: text/event-stream' "$url" \
  -d "{\"query\":\"$(printf %s "$query" | tr '\n' ' ')\"}" |
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    'data: {'*'"connectionEvents":{'*)
      # In front of the event may stand how many were dropped, because they were not read fast enough.
      dropped=${line#'data: {"extensions":{"dropped":'}
      [ "$dropped" = "$line" ] || printf 'Events lost: %s\n' "${dropped%%\}*}" >&2
      event=${line#*'"connectionEvents":'}
      printf '%s\n' "${event%\}\}}"
      ;;
    *'"errors":['*)
      message=${line#*'"message":"'}
      fail "The broker refuses this: ${message%%'"'*}"
      ;;
    '' | : | event:* | data:) ;;
    *) fail "The answer is no stream of events: $line" ;;
    esac
  done || exit 1

fail "The stream of $url has ended"
