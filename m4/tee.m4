# SPDX-License-Identifier: Apache-2.0

# TEE_TRY_FLAGS(VARIABLE, FLAG...): keep each flag that compiles and links.
AC_DEFUN([TEE_TRY_FLAGS], [
  for tee_flag in $2; do
    tee_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $tee_flag"
    AC_MSG_CHECKING([whether the toolchain takes $tee_flag])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); $1="$$1 $tee_flag"], [AC_MSG_RESULT([no])])
    CFLAGS=$tee_saved_CFLAGS
  done
  AC_SUBST([$1])
])

AC_DEFUN([TEE_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])])
  TEE_TRY_FLAGS([WARN_CFLAGS], [-std=gnu11 -fvisibility=hidden -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wswitch-enum -Wvla -Wundef])
  AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
])

# --enable-sanitizers[=LIST]; hardening is off with it (clang, ASan and
# -z defs do not link together).
AC_DEFUN([TEE_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
      [build with sanitizers (default list: address,undefined)])],
    [], [enable_sanitizers=no])
  AS_IF([test "$enable_sanitizers" = yes],
    [enable_sanitizers=address,undefined])
  AS_IF([test "$enable_sanitizers" != no],
    [SAN_FLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"])
  AC_SUBST([SAN_FLAGS])
  AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" != no])
  AS_CASE([$enable_sanitizers], [*address*], [tee_asan=1], [tee_asan=0])
  AC_DEFINE_UNQUOTED([UNDER_ASAN], [$tee_asan],
    [1 where AddressSanitizer keeps its own picture of stacks and locks])
  AC_ARG_ENABLE([coverage],
    [AS_HELP_STRING([--enable-coverage], [instrument for gcov])])
  AS_IF([test "$enable_coverage" = yes],
    [SAN_FLAGS="$SAN_FLAGS --coverage -O0"])
])

AC_DEFUN([TEE_HARDENING], [
  AS_IF([test "$enable_sanitizers" = no && test "$enable_coverage" != yes], [
    TEE_TRY_FLAGS([HARD_CFLAGS], [-fstack-protector-strong -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr])
    AS_CASE([$CFLAGS], [*-O0*], [],
      [HARD_CFLAGS="$HARD_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3"])
    TEE_TRY_FLAGS([HARD_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,defs])
  ])
  AC_SUBST([HARD_CFLAGS])
  AC_SUBST([HARD_LDFLAGS])
])

# TEE_MODULE(name, default, help, [dependency check that sets tee_dep])
AC_DEFUN([TEE_MODULE], [
  AC_ARG_ENABLE([module-$1],
    [AS_HELP_STRING([--enable-module-$1], [$3 (default: $2)])],
    [tee_asked=$enableval], [tee_asked=auto])
  AS_IF([test "$tee_asked" = auto], [tee_want=$2], [tee_want=$tee_asked])
  tee_dep=yes
  AS_IF([test "$tee_want" = yes], [$4])
  AS_IF([test "$tee_want" = yes && test "$tee_dep" != yes],
    [AS_IF([test "$tee_asked" = yes],
      [AC_MSG_ERROR([--enable-module-$1: missing $tee_dep])],
      [AC_MSG_WARN([module $1 left out: missing $tee_dep]); tee_want=no])])
  AS_IF([test "$tee_want" = yes], [tee_modules="$tee_modules $1"])
  AM_CONDITIONAL([MODULE_]m4_toupper([$1]), [test "$tee_want" = yes])
])
AC_DEFUN([TEE_MODULE_REPORT],
  [AS_IF([test -z "$tee_modules"], [tee_modules=none])])
