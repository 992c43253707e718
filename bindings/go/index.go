package rungs

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// OpenIndex reads a folder as an index: a mirror (info/NAME), or Bundler's cache of one or several
// servers.
func OpenIndex(folder string) (*Index, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	servers := []string{folder}
	for _, entry := range entries {
		// .git has a folder info too.
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		server := filepath.Join(folder, entry.Name())
		if info, err := os.Stat(filepath.Join(server, "versions")); err == nil && info.Mode().IsRegular() {
			servers = append(servers, server)
		}
	}
	plain, special := folders(servers, "info"), folders(servers, "info-special-characters")
	if len(plain) == 0 {
		return nil, fmt.Errorf("%s is no compact index: expected a folder info in it, or folders of servers with info and versions", folder)
	}
	return NewIndex(func(name string) ([]byte, error) {
		// A name from a lockfile names no other place.
		if strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
			return nil, nil
		}
		digest := md5.Sum([]byte(name))
		var paths []string
		for _, folder := range plain {
			paths = append(paths, filepath.Join(folder, name))
		}
		for _, folder := range special {
			paths = append(paths, filepath.Join(folder, name+"-"+hex.EncodeToString(digest[:])))
		}
		for _, path := range paths {
			info, err := os.ReadFile(path)
			if !errors.Is(err, fs.ErrNotExist) {
				return info, err
			}
		}
		return nil, nil
	})
}

// folders are the folders of this name in the folders of servers.
func folders(servers []string, name string) []string {
	var found []string
	for _, server := range servers {
		path := filepath.Join(server, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			found = append(found, path)
		}
	}
	return found
}
