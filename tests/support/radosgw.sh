#!/usr/bin/env bash
# A real S3 server for the contract tests: one Ceph monitor, one OSD that keeps everything in memory,
# and radosgw on 127.0.0.1.
#
#   tests/support/radosgw.sh start     starts it, or says that it runs already
#   tests/support/radosgw.sh stop      ends its processes and removes its folder
#
# Debian and Ubuntu: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd
# CAFE_RADOSGW_DIR   where its state is kept   (default ${TMPDIR:-/tmp}/cafe-radosgw)
# CAFE_RADOSGW_PORT  S3's port; the next two are the monitor's   (default 8190)
set -euo pipefail

dir=${CAFE_RADOSGW_DIR:-${TMPDIR:-/tmp}/cafe-radosgw}
port=${CAFE_RADOSGW_PORT:-8190}
endpoint=http://127.0.0.1:$port
access_key=cafeaccess
secret_key=cafesecret
export CEPH_CONF=$dir/ceph.conf

fail() {
  printf 'radosgw.sh: %s\n' "$*" >&2
  exit 1
}

answers() {
  curl --silent --fail --max-time 2 --output /dev/null "$endpoint/"
}

# The process of a pid file, where it still is one of ours: a pid may have gone to somebody else.
pid_of() {
  local file=$1 pid
  pid=$(cat "$file" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -Eq '^(ceph-|radosgw)' || return 1
  printf '%s' "$pid"
}

gateway_runs() {
  pid_of "$dir/run/client.rgw.pid" >/dev/null
}

stop_processes() {
  local file pid
  for file in "$dir"/run/client.rgw.pid "$dir"/run/osd.*.pid "$dir"/run/mon.*.pid; do
    pid=$(pid_of "$file") || continue
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do
      pid_of "$file" >/dev/null || break
      sleep 0.1
    done
    # Nothing in memory is worth a slow goodbye.
    if pid=$(pid_of "$file"); then kill -9 "$pid" 2>/dev/null || true; fi
  done
}

# Only ever removes a folder that this script made.
remove_state() {
  [[ -e $dir ]] || return 0
  [[ -f $dir/made-by-radosgw.sh ]] || fail "$dir was not made by this script; set CAFE_RADOSGW_DIR"
  rm -rf -- "$dir"
}

write_config() {
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$((port + 1))/0,v1:127.0.0.1:$((port + 2))/0]
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
osd pool default pg autoscale mode = off
mon data avail warn = 1
run dir = $dir/run
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
pid file = $dir/run/\$name.pid
keyring = $dir/keyring
[mon]
mon data = $dir/mon
[osd]
osd objectstore = memstore
osd data = $dir/osd
memstore device bytes = 1073741824
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw data = $dir/rgw
CONF
}

make_cluster() {
  local fsid osd_uuid osd_id monmap=$dir/monmap keyring=$dir/keyring
  fsid=$(cat /proc/sys/kernel/random/uuid)
  osd_uuid=$(cat /proc/sys/kernel/random/uuid)
  mkdir -p "$dir"/{mon,osd,rgw,run,log}
  : >"$dir/made-by-radosgw.sh"
  write_config
  # Without keys (`auth = none`) radosgw is turned away by the OSD.
  ceph-authtool --create-keyring "$keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool "$keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  ceph-authtool "$keyring" --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
  ceph-authtool "$keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
  monmaptool --create --fsid "$fsid" \
    --addv a "[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]" "$monmap"
  ceph-mon --mkfs -i a --monmap "$monmap" --keyring "$keyring"
  ceph-mon -i a
  timeout 30 ceph auth import -i "$keyring"
  osd_id=$(timeout 30 ceph osd new "$osd_uuid")
  ceph-osd -i "$osd_id" --mkfs --osd-uuid "$osd_uuid"
  ceph-osd -i "$osd_id"
  radosgw -n client.rgw
}

make_user() {
  timeout 60 radosgw-admin user create --uid=cafe --display-name=cafe \
    --access-key="$access_key" --secret-key="$secret_key"
}

start() {
  local tool log
  if gateway_runs && answers; then
    printf 'radosgw already runs at %s\n' "$endpoint"
    return
  fi
  for tool in ceph ceph-authtool ceph-mon ceph-osd curl monmaptool radosgw radosgw-admin timeout; do
    command -v "$tool" >/dev/null ||
      fail "$tool is missing; apt-get install --no-install-recommends radosgw ceph-mon ceph-osd"
  done
  stop_processes
  remove_state
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail "port $port is taken by something else; set CAFE_RADOSGW_PORT"
  fi
  log=$(mktemp)
  # shellcheck disable=SC2064 # the name is wanted as it is now
  trap "rm -f -- '$log'" EXIT
  # In a subshell of its own: `set -e` has no force in a function that is part of a condition.
  set +e
  (
    set -e
    make_cluster
    for _ in $(seq 150); do
      answers && break
      sleep 0.2
    done
    answers
    make_user
  ) >"$log" 2>&1
  local status=$?
  set -e
  if ((status != 0)); then
    tail -n 30 "$log" >&2
    stop_processes
    fail "it did not come up (status $status); Ceph's own logs are in $dir/log"
  fi
  printf 'radosgw runs at %s (access key %s, secret key %s)\n' \
    "$endpoint" "$access_key" "$secret_key"
}

stop() {
  stop_processes
  remove_state
  printf 'radosgw is stopped\n'
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *) fail 'usage: radosgw.sh start|stop' ;;
esac
