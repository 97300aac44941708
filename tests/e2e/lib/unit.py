"""A systemd unit laid on by hand, where no systemd runs: its user, namespaces, read-only machine, capabilities and system call filter.

    unit.py UNIT INSTANCE [--write PATH]… [--listen FD] -- PROGRAM ARGUMENT…     as root; becomes PROGRAM

UNIT is a file of etc/systemd. What it may write is named here instead of by its ReadWritePaths= and RuntimeDirectory=, for a test's folders
lie elsewhere. --listen: that descriptor is passed as sd_listen_fds(3) has it. An option of [Service] that this file does not know is an
error: a unit that asks for more must be seen with it.
"""
import ctypes
import os
import resource
import socket
import struct
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUSER = 0x20000, 0x40000000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 4, 24, 38, 47
SCMP_ALLOW, SCMP_ERRNO, SCMP_KILL = 0x7FFF0000, 0x00050000, 0x80000000
SCMP_CMP_NE, SCMP_CMP_GT, SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ = 1, 6, 4, 7
EPERM, EAFNOSUPPORT = 1, 97
PROT_WRITE, PROT_EXEC = 2, 4
CAPABILITIES = 64
# What systemd does itself, or what a process cannot feel.
PASSED_OVER = {"Type", "ExecStart", "ExecStartPre", "ExecReload", "Restart", "RestartSec", "TimeoutStopSec", "KillMode", "RuntimeDirectory",
               "RuntimeDirectoryMode", "RuntimeDirectoryPreserve", "OOMScoreAdjust", "StandardInput", "StandardOutput", "StandardError", "TTYPath", "TTYReset",
               "TTYVHangup", "TTYVTDisallocate", "Environment", "IPAddressDeny", "ReadWritePaths", "RemoveIPC", "PrivateMounts",
               "DevicePolicy", "DeviceAllow", "PAMName"}
# Refusals of kernel interfaces that nobody of ours touches: read-only there, and ProtectSystem= is all of that here.
READ_ONLY = {"ProtectControlGroups", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectHome", "ProtectSystem",
             "PrivateTmp", "PrivateDevices", "ProtectHostname", "ProtectClock"}
BY_FILTER = {"SystemCallFilter", "SystemCallErrorNumber", "SystemCallArchitectures", "MemoryDenyWriteExecute", "RestrictAddressFamilies",
             "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"}
DONE = {"User", "Group", "SupplementaryGroups", "PrivateNetwork", "PrivateUsers", "ProcSubset", "ProtectProc", "CapabilityBoundingSet",
        "AmbientCapabilities", "NoNewPrivileges", "UMask", "LimitCORE", "LimitMEMLOCK", "LimitNOFILE"}


def check(rc, what):
    if rc < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def read_unit(path, instance):
    """[Service] as a list of (option, value)."""
    options, section = [], ""
    with open(path, encoding="utf-8") as f:
        for line in f.read().replace("%i", instance).splitlines():
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line and line[0] not in "#;":
                options.append(tuple(line.split("=", 1)))
    unknown = {name for name, _ in options} - PASSED_OVER - READ_ONLY - BY_FILTER - DONE
    assert not unknown, f"{path}: {unknown} is not laid on here"
    return options


# --- the machine ---------------------------------------------------------------------------------------------


def mount(source, target, kind, flags, data=None):
    check(LIBC.mount(source and source.encode(), target.encode(), kind and kind.encode(), flags, data and data.encode()), target)


def machine_lay_on(unit, writable):
    check(LIBC.unshare(CLONE_NEWNS), "unshare")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    for path in writable:
        mount(path, path, None, MS_BIND)
    if unit.get("ProtectSystem") == "strict":
        attr = struct.pack("QQQQ", MOUNT_ATTR_RDONLY, 0, 0, 0)
        check(LIBC.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, attr, len(attr)), "mount_setattr")
        writes = struct.pack("QQQQ", 0, MOUNT_ATTR_RDONLY, 0, 0)
        for path in [*writable, "/dev"]:  # systemd.exec(5) leaves /dev as it is
            check(LIBC.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), AT_RECURSIVE, writes, len(writes)), path)
    hidden = "hidepid=invisible" if unit.get("ProtectProc") == "invisible" else ""
    subset = "subset=pid" if unit.get("ProcSubset") == "pid" else ""
    if hidden or subset:
        mount("proc", "/proc", "proc", 0, ",".join(filter(None, (hidden, subset))))
    if unit.get("PrivateNetwork") == "yes":
        check(LIBC.unshare(CLONE_NEWNET), "unshare")


def users_make_private(uid, gid):
    """root and itself keep their numbers, everybody else is nobody. Somebody outside must say so."""
    ready_r, ready_w = os.pipe()
    me, helper = os.getpid(), os.fork()
    if helper == 0:
        os.read(ready_r, 1)
        for name, own in (("uid_map", uid), ("gid_map", gid)):
            with open(f"/proc/{me}/{name}", "w", encoding="ascii") as f:
                f.write(f"0 0 1\n{own} {own} 1\n")
        os._exit(0)
    check(LIBC.unshare(CLONE_NEWUSER), "unshare")
    os.write(ready_w, b"x")
    assert os.waitpid(helper, 0)[1] == 0, "the map of users"
    os.close(ready_r)
    os.close(ready_w)


# --- the process ---------------------------------------------------------------------------------------------


def number_of(value):
    return int(value[:-1]) * 1024 ** (1 + "KMG".index(value[-1])) if value[-1] in "KMG" else int(value)


def process_lay_on(unit):
    import grp
    import pwd
    user = pwd.getpwnam(unit["User"])
    group = grp.getgrnam(unit["Group"]).gr_gid
    wanted = unit["CapabilityBoundingSet"].split()
    assert set(wanted) <= {"CAP_SYS_TTY_CONFIG"}, wanted
    for limit in ("CORE", "MEMLOCK", "NOFILE"):
        if f"Limit{limit}" in unit:
            n = number_of(unit[f"Limit{limit}"])
            resource.setrlimit(getattr(resource, f"RLIMIT_{limit}"), (n, n))
    os.umask(int(unit["UMask"], 8))
    os.setgroups([grp.getgrnam(name).gr_gid for name in unit.get("SupplementaryGroups", "").split()] + [group])
    if unit.get("PrivateUsers") == "yes":
        users_make_private(user.pw_uid, group)
    for capability in range(CAPABILITIES):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # -1 for those that this kernel has not
    os.setresgid(group, group, group)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    if unit.get("NoNewPrivileges") == "yes":
        check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


# --- its system calls ----------------------------------------------------------------------------------------


def call_groups():
    """What systemd means by its "@groups"."""
    said = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter"], check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
    groups, name = {}, ""
    for line in said.split("\n"):
        word = line.strip()
        if line.startswith("@"):
            name = word
            groups[name] = set()
        elif line.startswith("    ") and not word.startswith("#"):
            groups[name].add(word)
    return groups


def unfolded(words, groups):
    calls = set()
    for word in words:
        calls |= unfolded(groups[word], groups) if word.startswith("@") else {word}
    return calls


def allowed_calls(lines):
    """systemd.exec(5): the first line decides that this is a list of what is allowed; a "~" takes away again."""
    groups = call_groups()
    allowed = unfolded(["@default"], groups)
    for line in lines:
        named = unfolded(line.lstrip("~").split(), groups)
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed


class Argument(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class Filter:
    def __init__(self, default):
        self.lib = ctypes.CDLL("libseccomp.so.2")
        self.lib.seccomp_init.restype = ctypes.c_void_p
        self.lib.seccomp_load.argtypes = [ctypes.c_void_p]
        self.ctx = ctypes.c_void_p(self.lib.seccomp_init(ctypes.c_uint32(default)))

    def add(self, action, call, *arguments):
        number = self.lib.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            array = (Argument * len(arguments))(*arguments)
            rc = self.lib.seccomp_rule_add_array(self.ctx, ctypes.c_uint32(action), number, len(arguments), array)
            assert rc == 0, (call, rc)

    def load(self):
        assert self.lib.seccomp_load(self.ctx) == 0


def filters(options):
    """The filters of systemd.exec(5), in the order of loading. Each is asked; the strictest answer counts."""
    unit = dict(options)
    assert unit.get("SystemCallArchitectures") == "native"  # libseccomp's default
    refuse = SCMP_ERRNO | EPERM
    calls = Filter(refuse if unit.get("SystemCallErrorNumber") == "EPERM" else SCMP_KILL)
    for call in allowed_calls([value for name, value in options if name == "SystemCallFilter"]):
        calls.add(SCMP_ALLOW, call)
    others = Filter(SCMP_ALLOW)
    if unit.get("MemoryDenyWriteExecute") == "yes":
        both = PROT_WRITE | PROT_EXEC
        others.add(refuse, "mmap", Argument(2, SCMP_CMP_MASKED_EQ, both, both))
        for call in ("mprotect", "pkey_mprotect"):
            others.add(refuse, call, Argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC))
    if unit.get("RestrictNamespaces") == "yes":
        for call in ("unshare", "setns"):
            others.add(refuse, call)
    if unit.get("RestrictRealtime") == "yes":
        others.add(refuse, "sched_setscheduler", Argument(1, SCMP_CMP_GT, 0, 0))
    if unit.get("RestrictSUIDSGID") == "yes":
        for call, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2), ("mknod", 1), ("mknodat", 2)):
            for bit in (0o4000, 0o2000):
                others.add(refuse, call, Argument(argument, SCMP_CMP_MASKED_EQ, bit, bit))
    if unit.get("LockPersonality") == "yes":
        others.add(refuse, "personality", Argument(0, SCMP_CMP_NE, 0, 0))
    families = {int(getattr(socket, name)) for name in unit["RestrictAddressFamilies"].split()}
    for family in set(range(64)) - families:
        others.add(SCMP_ERRNO | EAFNOSUPPORT, "socket", Argument(0, SCMP_CMP_EQ, family, 0))
    return [others, calls]


def main(argv):
    path, instance, *rest = argv
    mine, program = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    writable = [mine[i + 1] for i, word in enumerate(mine) if word == "--write"]
    options = read_unit(path, instance)
    unit = dict(options)
    laid = filters(options)
    machine_lay_on(unit, writable)
    if "--listen" in mine:
        fd = int(mine[mine.index("--listen") + 1])
        os.dup2(fd, 3)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    process_lay_on(unit)
    for one in laid:
        one.load()
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
