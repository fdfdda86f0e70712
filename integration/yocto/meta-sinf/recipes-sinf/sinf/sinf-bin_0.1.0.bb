SUMMARY = "Image classification in a fixed block of memory"
DESCRIPTION = "Names what is in pictures with a network that runs only as much of itself as each \
needs. One static program, from an archive that tools/package.sh of sinf made."
LICENSE = "Apache-2.0 & LGPL-2.1-or-later & IJG & BSD-3-Clause & Libpng & Zlib & ISC"
LIC_FILES_CHKSUM = "file://share/doc/sinf/LICENSE;md5=${SINF_LICENSE_MD5}"

# Set these in local.conf: the folder with the archives, and the version in their names.
SINF_ARCHIVES ?= "${LAYERDIR_sinf}/../../../build/packages"
SINF_VERSION ?= "${PV}"
SINF_LICENSE_MD5 ?= "3b83ef96387f14655fc854ddc3c6bd57"

COMPATIBLE_HOST = "(aarch64|x86_64|arm).*-linux"
SINF_ARCHIVE_ARCH:aarch64 = "arm64"
SINF_ARCHIVE_ARCH:arm = "armhf"
SINF_ARCHIVE_ARCH:x86-64 = "amd64"

FILESEXTRAPATHS:prepend := "${SINF_ARCHIVES}:"
SRC_URI = "file://sinf-${SINF_VERSION}-${SINF_ARCHIVE_ARCH}.tar.xz"
S = "${WORKDIR}/sinf-${SINF_VERSION}-${SINF_ARCHIVE_ARCH}"

inherit systemd useradd

SYSTEMD_SERVICE:${PN} = "sinf.service"
USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --user-group --no-create-home --shell /sbin/nologin sinf"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

# Paths of the archive are those below /usr/local.
do_install() {
    install -D -m 755 ${S}/bin/sinf ${D}${bindir}/sinf
    install -D -m 644 ${S}/share/sinf/cifar100.sinf ${D}${datadir}/sinf/cifar100.sinf
    install -d -m 755 ${D}${sysconfdir}/sinf ${D}${systemd_system_unitdir} ${D}/srv/sinf
    sed 's,/usr/local/,/usr/,' ${S}/share/doc/sinf/sinf.toml > ${D}${sysconfdir}/sinf/sinf.toml
    sed 's,/usr/local/,/usr/,' ${S}/share/doc/sinf/sinf.service \
        > ${D}${systemd_system_unitdir}/sinf.service
    install -d -m 2775 -o sinf -g sinf ${D}/srv/sinf/frames ${D}/srv/sinf/failed
}

FILES:${PN} += "/srv/sinf"
CONFFILES:${PN} = "${sysconfdir}/sinf/sinf.toml"
INSANE_SKIP:${PN} += "already-stripped"
